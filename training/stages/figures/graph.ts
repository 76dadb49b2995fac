import type { Catalogue } from '../../../src/catalogue/index.ts';
import type {
  GraphDescription,
  PairingReport,
  PowerLaw,
  PruningReport,
  PurchasePruningReport,
} from '../../../src/graph/index.ts';
import type { Exponent, GraphPart } from '../../report/index.ts';

/** Communities whose sizes are worth a bar. */
const communitiesShown = 30;

/** What pairing and description found, in the report's words. */
export function graphPart(description: GraphDescription, pairing: PairingReport, catalogue: Catalogue): GraphPart {
  const { communities } = description;
  return {
    nodes: description.nodeCount,
    edges: description.edgeCount,
    viewEdges: description.viewEdgeCount,
    reciprocity: description.reciprocity,
    isolated: description.components.isolated,
    outDegrees: description.outDegrees,
    inDegrees: description.inDegrees,
    outExponent: exponent(description.outPowerLaw),
    inExponent: exponent(description.inPowerLaw),
    components: { count: description.components.count, largest: description.components.largest },
    communities: communities === null ? null : { ...communities, sizes: communities.sizes.slice(0, communitiesShown) },
    hubs: description.hubs.map(({ node, outDegree, inDegree }) => {
      const product = catalogue.products[node];
      return { id: product?.id ?? String(node), title: product?.title ?? '', outDegree, inDegree };
    }),
    notes: [...pairingNotes(pairing), ...description.notes],
  };
}

function exponent(law: PowerLaw | null): Exponent | null {
  return law === null ? null : { alpha: law.alpha, minimumDegree: law.dMin, nodes: law.count };
}

function pairingNotes({ bought, viewed }: PairingReport): string[] {
  const notes = [`Bought before: ${bought.pairs} pairs of events, ${pruningNote(bought)} ${orderNote(bought)}`];
  if (bought.cappedCustomers > 0) {
    notes.push(`The cap per customer took ${bought.cappedEvents} older events of ${bought.cappedCustomers} customers.`);
  }
  if (viewed !== null) {
    notes.push(`Viewed together: ${viewed.sessions} sessions, ${pruningNote(viewed)}`);
    if (viewed.cappedSessions > 0) notes.push(`The cap per session shortened ${viewed.cappedSessions} sessions.`);
  }
  return notes;
}

/** What ordered pairs lose beyond what {@link pruningNote} tells of every pairing. */
function orderNote({ againstOrder, byChance }: PurchasePruningReport): string {
  return `${againstOrder} ran against the order of buying and ${byChance} were no more than chance.`;
}

function pruningNote({ candidates, belowSupport, belowWeight, aboveDegree, kept }: PruningReport): string {
  return (
    `${candidates} candidate edges; ${belowSupport} had too few customers, ${belowWeight} too little weight, ` +
    `${aboveDegree} were above the cap per product; ${kept} are kept.`
  );
}
