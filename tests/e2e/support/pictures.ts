/** Photographs for the tests: a gallery underground, drawn by the browser. Each number gives another picture and so another file. */
import type { Browser } from '@playwright/test';
import type { Picture } from './inspection';

/** Drawn inside the page: the arches of a gallery, a lamp's light, a pipe, and what hangs from the roof. */
function draw(seed: number): string {
  const canvas = Object.assign(document.createElement('canvas'), { width: 1600, height: 1200 });
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser cannot draw');
  const [x, y] = [620 + ((seed * 137) % 360), 520 + ((seed * 71) % 120)];
  const light = context.createRadialGradient(x, y, 40, x, y, 1000);
  const hues = ['#e8c48a', '#d9cfae', '#c9d2d4', '#e2b07a'];
  light.addColorStop(0, hues[seed % hues.length] ?? '#e8c48a');
  light.addColorStop(0.35, '#6d5b46');
  light.addColorStop(1, '#120f0d');
  context.fillStyle = light;
  context.fillRect(0, 0, 1600, 1200);
  context.lineCap = 'round';
  for (let arch = 0; arch < 7; arch += 1) {
    const size = 1 - arch * 0.13;
    context.strokeStyle = `rgba(${30 + arch * 14}, ${26 + arch * 12}, ${24 + arch * 10}, 0.9)`;
    context.lineWidth = 34 * size;
    context.beginPath();
    context.moveTo(x - 820 * size, y + 640 * size);
    context.lineTo(x - 820 * size, y - 120 * size);
    context.quadraticCurveTo(x, y - 780 * size, x + 820 * size, y - 120 * size);
    context.lineTo(x + 820 * size, y + 640 * size);
    context.stroke();
  }
  context.strokeStyle = '#20262a';
  context.lineWidth = 26;
  context.beginPath();
  context.moveTo(0, 300 + seed * 9);
  context.lineTo(x, y - 60);
  context.stroke();
  context.fillStyle = '#15181a';
  context.fillRect(x - 260, 150 + (seed % 5) * 30, 16, 260);
  context.fillRect(x - 300, 400 + (seed % 5) * 30, 96, 128);
  for (let stripe = 0; stripe < 1700; stripe += 120) {
    context.fillStyle = (stripe / 120) % 2 === 0 ? '#f0be14' : '#1e1e1e';
    context.fillRect(stripe, 1130, 120, 70);
  }
  return canvas.toDataURL('image/jpeg', 0.86);
}

/** Photographs as files, one for each number. */
export async function photographs(browser: Browser, ...seeds: number[]): Promise<Picture[]> {
  const page = await browser.newPage();
  const made: Picture[] = [];
  for (const seed of seeds) {
    const address = await page.evaluate(draw, seed);
    made.push({ name: `IMG_${2400 + seed}.jpg`, mimeType: 'image/jpeg', buffer: Buffer.from(address.split(',')[1] ?? '', 'base64') });
  }
  await page.close();
  return made;
}
