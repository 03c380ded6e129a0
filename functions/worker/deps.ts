import type { Clock } from "../../shared/clock.ts";
import type { WorkerInvoker } from "../../shared/fc/worker-invoker.ts";
import type { ModelCache } from "../../shared/iot/model-cache.ts";
import type { IotPlatform } from "../../shared/iot/platform.ts";
import type { OverdueDeps } from "../../shared/lifecycle/overdue.ts";
import type { Log } from "../../shared/log.ts";
import type { Quota } from "../../shared/quota/quota.ts";

export interface WorkerDeps extends OverdueDeps {
	readonly platform: Pick<IotPlatform, "invokeService">;
	readonly models: Pick<ModelCache, "fit">;
	readonly quota: Quota;
	readonly worker: WorkerInvoker;
	readonly clock: Clock;
	readonly random: () => number;
	readonly log: Log;
	/** The longest that one call of the platform may take. */
	readonly maxCallMs: number;
}
