export { type FcOptions, type FcService, startFc } from "./service.ts";
