export { Account, type Credentials } from "./account.ts";
export { type Project, run } from "./cli/run.ts";
export { type Clock, systemClock } from "./clock/clock.ts";
export { VirtualClock } from "./clock/virtual-clock.ts";
export {
	type Cloud,
	type CloudOptions,
	type Endpoints,
	type Services,
	startCloud,
} from "./cloud.ts";
