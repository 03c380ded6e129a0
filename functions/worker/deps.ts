import type { OperationInvoker, WorkerInvoker } from "../../shared/fc/worker-invoker.ts";
import type { ModelCache } from "../../shared/iot/model-cache.ts";
import type { IotPlatform } from "../../shared/iot/platform.ts";
import type { Log } from "../../shared/log.ts";
import type { RunDeps } from "../../shared/operation/run.ts";
import type { Quota } from "../../shared/quota/quota.ts";
import type { Outage } from "./outage.ts";
import type { Places } from "./places.ts";

/** Everything here belongs to the process, and all of its invocations share it. */
export interface WorkerDeps extends RunDeps {
	readonly platform: Pick<IotPlatform, "invokeService">;
	readonly models: Pick<ModelCache, "fit">;
	readonly quota: Quota;
	readonly places: Places;
	readonly outage: Outage;
	readonly worker: WorkerInvoker & OperationInvoker;
	readonly log: Log;
	/** The longest that one call of the platform may take. */
	readonly maxCallMs: number;
}
