-- Two manifests may claim different sizes of one blob, and a registry takes both. Where a collector saw that, it asked
-- the source for the size: what is measured stands over what is claimed, in later collections too.
ALTER TABLE layerscope_data.object ADD COLUMN is_measured bool NOT NULL DEFAULT false;
