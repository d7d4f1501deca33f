// The QR code as the server draws it, taken apart and drawn again: only the measures and the dark modules pass, so that no
// markup from outside enters the page.

/** What is needed to draw a QR code. */
export interface QrDrawing {
  readonly viewBox: string;
  readonly paths: readonly string[];
  readonly rects: ReadonlyArray<{ x: string; y: string; width: string; height: string }>;
}

const NUMBERS = /^[\d\s.-]+$/;
const PATH = /^[MmLlHhVvZz\d\s.,-]+$/;

function isLight(element: Element): boolean {
  const fill = (element.getAttribute('fill') ?? '').toLowerCase();
  return fill === 'none' || fill === 'white' || fill === '#fff' || fill === '#ffffff';
}

/** Reads an SVG text; null when it is not a drawing of this kind. */
export function readQr(svg: string): QrDrawing | null {
  const root = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
  if (root.localName !== 'svg') return null;
  const size = `0 0 ${root.getAttribute('width') ?? ''} ${root.getAttribute('height') ?? ''}`;
  const viewBox = root.getAttribute('viewBox') ?? size;
  if (!NUMBERS.test(viewBox)) return null;
  const paths: string[] = [];
  const rects: { x: string; y: string; width: string; height: string }[] = [];
  for (const element of root.querySelectorAll('path, rect')) {
    if (isLight(element)) continue;
    const d = element.getAttribute('d');
    if (element.localName === 'path' && d !== null && PATH.test(d)) paths.push(d);
    if (element.localName === 'rect') {
      const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((name) => element.getAttribute(name) ?? '0') as [string, string, string, string];
      if ([x, y, width, height].every((value) => NUMBERS.test(value))) rects.push({ x, y, width, height });
    }
  }
  return paths.length + rects.length === 0 ? null : { viewBox, paths, rects };
}
