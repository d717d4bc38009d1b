-- name: images_in_several_sources
-- for: user
-- question: Which images (by image ID) are in more than one source, and under which names?
SELECT image_id, count(DISTINCT source) AS sources,
       array_agg(DISTINCT source || '/' || repository ORDER BY source || '/' || repository) AS places
FROM images
WHERE image_id IS NOT NULL
GROUP BY image_id
HAVING count(DISTINCT source) > 1
ORDER BY sources DESC, image_id;
