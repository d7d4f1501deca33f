/** Reads a QR code off the screen, as a camera would. */
import type { Locator } from '@playwright/test';
import jsQR from 'jsqr';

type Pixels = { data: number[]; width: number; height: number };

/** Runs in a page: a PNG as pixels. */
async function pixels(png: string): Promise<Pixels> {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
  const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
  if (!context) throw new Error('this browser cannot draw');
  context.drawImage(image, 0, 0);
  return { data: [...context.getImageData(0, 0, width, height).data], width, height };
}

/** What a code on the screen says, or `null` when a reader finds none. */
export async function readQr(drawing: Locator): Promise<string | null> {
  const png = (await drawing.screenshot()).toString('base64');
  // A page of its own: the console's rules for contents would refuse the picture.
  const page = await drawing.page().context().newPage();
  const { data, width, height } = await page.evaluate(pixels, png);
  await page.close();
  // The package is an older module form whose function is the default of its default.
  const read = (jsQR as unknown as { default?: typeof jsQR }).default ?? jsQR;
  return read(Uint8ClampedArray.from(data), width, height)?.data ?? null;
}
