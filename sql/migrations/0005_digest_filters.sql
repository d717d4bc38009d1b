-- Views show digests as text, and people look for them by their beginning. An index of the first twelve digits leads to
-- both the whole digest and a part of it: the filter asks for the range of these digits besides (`Filter+SQL.swift`), and
-- the planner sees through the views, since digest_text is inlined. Half as large as one of whole digests.
CREATE INDEX object_key_digits
    ON layerscope_data.object (substr(layerscope.digest_text(key), 8, 12) text_pattern_ops);
CREATE INDEX item_digest_digits
    ON layerscope_data.item (substr(layerscope.digest_text(digest), 8, 12) text_pattern_ops);
CREATE INDEX item_image_id_digits
    ON layerscope_data.item (substr(layerscope.digest_text(image_id), 8, 12) text_pattern_ops)
    WHERE image_id IS NOT NULL;
