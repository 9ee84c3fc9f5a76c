"""Many dates asked of a service, one by one or by whole ranges, until every one is done."""
