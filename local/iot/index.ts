export type { Faults as IotFaults } from "./http/faults.ts";
export { THROTTLE_MODELS, type ThrottleModel } from "./http/throttle.ts";
export { type IotOptions, type IotService, startIot } from "./iot-service.ts";
export { type Seed, seed } from "./seed.ts";
