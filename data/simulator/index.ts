/**
 * The simulated shop: catalogue, customers, robots and their events, with the planted truth kept apart.
 * @module
 */
export {
  defaultSimulatorConfiguration,
  type SimulatorConfiguration,
  type SimulatorFormat,
  simulatorConfiguration,
  simulatorConfigurationOf,
  simulatorFormats,
} from './configuration.ts';
export { type PlantedWorld, type PlantedWorldOptions, plantedWorld } from './planted-world.ts';
