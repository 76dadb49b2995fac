import type { Product } from '../catalogue/index.ts';
import { OnewayError } from '../errors.ts';
import type { RuledRelation, RuleSet, Rules } from './schema.ts';

/** Rules that hold for one list: those of the request, and the named sets that apply, in the order of the configuration. */
export interface ApplicableRules {
  /** The request's own first. */
  readonly rules: readonly Rules[];
  /** Ids of the named sets among them. */
  readonly names: readonly string[];
}

const nothing: ApplicableRules = { rules: [], names: [] };

/** The named rule sets of a service. Immutable. */
export class RuleBook {
  readonly sets: readonly RuleSet[];
  readonly #byId: ReadonlyMap<string, RuleSet>;

  /** @param sets as `checkRuleSets` lets them pass */
  constructor(sets: readonly RuleSet[] = []) {
    this.sets = sets;
    this.#byId = new Map(sets.map((set) => [set.id, set]));
  }

  /**
   * @param subjects the products asked about; a set applies when its scope holds one of them
   * @param request rules of the request, and sets that it names beside those that apply anyway
   * @throws OnewayError `REQUEST_INVALID` when it names a set that is not there
   */
  applicable(
    relation: RuledRelation,
    subjects: readonly Product[],
    request: { readonly rules?: Rules | undefined; readonly ruleSets?: readonly string[] | undefined },
  ): ApplicableRules {
    const { rules: own, ruleSets: named = [] } = request;
    if (this.sets.length === 0 && named.length === 0) return own === undefined ? nothing : { rules: [own], names: [] };
    const missing = named.find((id) => !this.#byId.has(id));
    if (missing !== undefined) {
      throw new OnewayError('REQUEST_INVALID', `There is no rule set ${JSON.stringify(missing.slice(0, 100))}.`, {
        hint: "The service's configuration names the rule sets.",
        details: { field: 'ruleSets' },
      });
    }
    const sets = this.sets.filter(
      (set) => (set.relations?.includes(relation) ?? true) && (named.includes(set.id) || isFor(set, subjects)),
    );
    return {
      rules: own === undefined ? sets.map((set) => set.rules) : [own, ...sets.map((set) => set.rules)],
      names: sets.map((set) => set.id),
    };
  }
}

function isFor({ appliesTo }: RuleSet, subjects: readonly Product[]): boolean {
  if (appliesTo === undefined) return false;
  if (appliesTo.all === true) return true;
  const { categories = [], products = [] } = appliesTo;
  return subjects.some(
    ({ id, category }) =>
      products.includes(id) || categories.some((path) => path.every((name, level) => category[level] === name)),
  );
}
