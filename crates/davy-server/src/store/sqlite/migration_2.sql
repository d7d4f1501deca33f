-- Lists of what is contested or awaited, newest first.
DROP INDEX inspection_contested;
CREATE INDEX inspection_contested ON inspection(org, received, row) WHERE contested = 1;
DROP INDEX finding_contested;
CREATE INDEX finding_contested ON finding(org, received, row) WHERE contested = 1;
CREATE INDEX blob_ref_awaited_group ON blob_ref(org, grp) WHERE here = 0 AND role = 4;
CREATE INDEX blob_ref_awaited_root ON blob_ref(org, root) WHERE here = 0 AND role = 4;
-- Nobody has looked at these yet: they may be contested.
UPDATE inspection SET contested = 1 WHERE summary IS NULL;
