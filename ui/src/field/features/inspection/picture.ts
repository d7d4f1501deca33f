/** Pictures of a checklist as something that an image element can show. */
import type { Picture } from '$shared/generated/core';

const TYPES = new Set(['image/png', 'image/jpeg', 'image/webp']);

/** The bytes; `null` for a type that the checklist may not have or text that is not base 64. */
export function pictureBlob(picture: Picture): Blob | null {
  if (!TYPES.has(picture.media_type)) return null;
  try {
    const bytes = Uint8Array.from(atob(picture.base64), (sign) => sign.charCodeAt(0));
    return new Blob([bytes], { type: picture.media_type });
  } catch {
    return null;
  }
}
