import { DirectedGraph } from 'graphology';
import { Sigma } from 'sigma';
import { EdgeArrowProgram } from 'sigma/rendering';
import { leastRoom, type MapProduct, type ProductMap } from '../logic/map-layout.ts';
import { titleOf } from '../logic/words.ts';

/** Colours as CSS resolves them. */
export interface Inks {
  readonly ink: string;
  readonly quiet: string;
  readonly ground: string;
  readonly after: string;
  readonly before: string;
  readonly other: string;
  readonly font: string;
}

export interface Drawing {
  readonly zoom: (by: 'in' | 'out' | 'all') => void;
  readonly end: () => void;
}

/** Whether the browser can draw it. */
export function canDraw(): boolean {
  try {
    const context =
      document.createElement('canvas').getContext('webgl2') ?? document.createElement('canvas').getContext('webgl');
    context?.getExtension('WEBGL_lose_context')?.loseContext();
    return context !== null;
  } catch {
    return false;
  }
}

/** Draws a map into a box as large as it was laid out for. A click on a product chooses it; pointing at one shows only what it is joined to. */
export function draw(box: HTMLElement, map: ProductMap, inks: Inks, choose: (id: string) => void): Drawing {
  const { width, height } = box.getBoundingClientRect();
  const graph = new DirectedGraph();
  const byId = new Map(map.products.map((product) => [product.id, product]));
  const colourOf = ({ hop, side }: MapProduct): string =>
    hop === 0 ? inks.ink : side === 'both' ? inks.quiet : side === 'after' ? inks.after : inks.before;
  for (const product of map.products) {
    const { id, x, y, size, room } = product;
    graph.addNode(id, { x, y, size, color: colourOf(product), label: titleOf(product), forceLabel: room >= leastRoom });
  }
  for (const { from, to, width: thickness, kind } of map.relations) {
    if (!graph.hasNode(from) || !graph.hasNode(to)) continue;
    const color = { out: inks.after, in: inks.before, both: inks.quiet, other: inks.other }[kind];
    graph.addEdge(from, to, {
      size: kind === 'other' ? Math.min(1.5, thickness) : thickness,
      color,
      zIndex: kind === 'other' ? 0 : 1,
    });
  }
  let pointed: string | null = null;
  const isNear = (id: string): boolean => pointed === null || id === pointed || graph.areNeighbors(id, pointed);
  const sigma = new Sigma(graph, box, {
    defaultEdgeType: 'arrow',
    edgeProgramClasses: { arrow: EdgeArrowProgram },
    stagePadding: 0,
    // The box may be taken away, and with it its size, before the drawing ends.
    allowInvalidContainer: true,
    zIndex: true,
    labelRenderedSizeThreshold: Number.POSITIVE_INFINITY,
    minCameraRatio: 0.2,
    maxCameraRatio: 1.5,
    enableCameraRotation: false,
    defaultDrawNodeLabel: (context, data) => {
      const product = byId.get(data.key as string);
      if (product !== undefined && isNear(product.id)) label(context, data, product, inks, false);
    },
    defaultDrawNodeHover: (context, data) => {
      const product = byId.get(data.key as string);
      if (product !== undefined) label(context, data, product, inks, true);
    },
    nodeReducer: (id, data) => (isNear(id) ? data : { ...data, color: inks.other, zIndex: 0 }),
    edgeReducer: (edge, data) =>
      pointed === null
        ? data
        : graph.hasExtremity(edge, pointed)
          ? { ...data, color: data.color === inks.other ? inks.quiet : data.color }
          : { ...data, hidden: true },
  });
  sigma.setCustomBBox({ x: [0, width], y: [0, height] });
  sigma.refresh();
  const point = (id: string | null): void => {
    pointed = id;
    box.style.cursor = id === null ? '' : 'pointer';
    sigma.refresh({ skipIndexation: true });
  };
  sigma.on('enterNode', ({ node }) => point(node));
  sigma.on('leaveNode', () => point(null));
  sigma.on('clickNode', ({ node }) => choose(node));
  // The page scrolls over the drawing, by wheel and by finger; the buttons zoom, and so does the wheel with Ctrl. A tap is a click.
  sigma.getTouchCaptor().enabled = false;
  box.addEventListener('wheel', letScroll, { capture: true });
  const camera = sigma.getCamera();
  return {
    zoom: (by) => {
      if (by === 'in') void camera.animatedZoom();
      else if (by === 'out') void camera.animatedUnzoom();
      else void camera.animatedReset();
    },
    end: () => {
      box.removeEventListener('wheel', letScroll, { capture: true });
      sigma.kill();
    },
  };
}

function letScroll(event: WheelEvent): void {
  if (!event.ctrlKey) event.stopPropagation();
}

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** A title beside its disc, outwards; under the one in the middle. Cut to its room, or, when pointed at, whole on a plate. */
function label(
  context: CanvasRenderingContext2D,
  { x, y, size }: Spot,
  product: MapProduct,
  inks: Inks,
  isWhole: boolean,
): void {
  const isMiddle = product.hop === 0;
  context.font = `${isMiddle ? 600 : 400} ${isMiddle ? 14 : 12}px ${inks.font}`;
  const title = titleOf(product);
  const text = isWhole ? title : cut(context, title, product.room);
  const wide = context.measureText(text).width;
  const gap = size + 6;
  const screen = context.canvas.clientWidth;
  const wished = isMiddle ? x - wide / 2 : product.right ? x + gap : x - gap - wide;
  const left = Math.max(4, Math.min(wished, screen - wide - 4));
  const line = isMiddle ? y + size + 16 : y + 4;
  if (isWhole || isMiddle) {
    context.globalAlpha = isWhole ? 1 : 0.85;
    context.fillStyle = inks.ground;
    context.beginPath();
    context.roundRect(left - 5, line - 14, wide + 10, 20, 5);
    context.fill();
    context.globalAlpha = 1;
  }
  context.fillStyle = inks.ink;
  context.textAlign = 'left';
  context.fillText(text, left, line);
}

function cut(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (context.measureText(`${text.slice(0, middle)}…`).width <= room) low = middle;
    else high = middle - 1;
  }
  return `${text.slice(0, low).trimEnd()}…`;
}
