-- Findings whose words are not in the text index yet, or not as they are now. The writer brings them in when it has time; until
-- then a search reads the words themselves. `known`: an older text of the row is in the index.
CREATE TABLE finding_text_due (row INTEGER PRIMARY KEY, known INTEGER NOT NULL) STRICT;
