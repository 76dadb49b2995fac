/**
 * The simulated shop: catalogue, customers, robots and their events, with the planted truth kept apart.
 * @module
 */

export { type Cause, type RobotClass, robotClasses } from './activity.ts';
export {
  defaultSimulatorConfiguration,
  type SimulatorConfiguration,
  type SimulatorFormat,
  simulatorConfiguration,
  simulatorConfigurationOf,
  simulatorFormats,
} from './configuration.ts';
export type { WrongEntry } from './describe.ts';
export { type PlantedWorld, type PlantedWorldOptions, plantedWorld } from './planted-world.ts';
export { type PlantedRelation, plantedRelations } from './relations.ts';
export { type SimulateOptions, type SimulationSummary, simulateShop } from './simulate.ts';
export { type ProductTruth, readTruth, type ShopTruth } from './truth.ts';
