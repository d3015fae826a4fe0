-- Version 3: reading the events of one kind without reading all.

CREATE INDEX event_by_kind ON event (kind, sequence);
