export { type FcOptions, type FcService, type InstanceInfo, startFc } from "./service.ts";
