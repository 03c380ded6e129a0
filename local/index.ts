export { Account, type Credentials } from "./account.ts";
export { type Project, run } from "./cli/run.ts";
export { type Clock, systemClock } from "./clock/clock.ts";
export { VirtualClock } from "./clock/virtual-clock.ts";
export { type Cloud, type CloudOptions, startCloud } from "./cloud.ts";
export type { Endpoints, Services } from "./endpoints.ts";
export { type Identity, WELL_KNOWN_ACCOUNT } from "./identity.ts";
export { watchFolder } from "./watch/folder.ts";
