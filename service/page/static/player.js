// Picking a feature changes the evidence alone: the list follows it, and says what was picked.
document.addEventListener("htmx:afterSwap", () => {
  const evidence = document.getElementById("evidence");
  if (!evidence) return;
  for (const one of document.querySelectorAll(".features a[aria-current]")) one.removeAttribute("aria-current");
  document.getElementById(`pick-${evidence.dataset.feature}`)?.setAttribute("aria-current", "true");
  document.getElementById("said").textContent = evidence.dataset.said;
});
