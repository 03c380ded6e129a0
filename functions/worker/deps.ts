import type { JobInvoker } from "../../shared/fc/job-invoker.ts";
import type { OperationInvoker, WorkerInvoker } from "../../shared/fc/worker-invoker.ts";
import type { ModelCache } from "../../shared/iot/model-cache.ts";
import type { IotPlatform, PlatformLists } from "../../shared/iot/platform.ts";
import type { Capacity } from "../../shared/job/capacity.ts";
import type { Log } from "../../shared/log.ts";
import type { RunDeps } from "../../shared/operation/run.ts";
import type { BatchSlots } from "../../shared/quota/batch-slots.ts";
import type { Quota } from "../../shared/quota/quota.ts";
import type { DeviceStore } from "../../shared/store/device-store.ts";
import type { JobStore } from "../../shared/store/job-store.ts";
import type { JobTargetStore } from "../../shared/store/job-target-store.ts";
import type { LiveJobs } from "../../shared/store/live-jobs.ts";
import type { OrderStore } from "../../shared/store/order-store.ts";
import type { SyncStore } from "../../shared/store/sync-store.ts";
import type { TogetherStore } from "../../shared/store/together-store.ts";
import type { Table } from "../../shared/table/table.ts";
import type { JobGate } from "./job-gate.ts";
import type { Meter } from "./meter.ts";
import type { Outage } from "./outage.ts";
import type { Places } from "./places.ts";

/** Everything here belongs to the process, and all of its invocations share it. */
export interface WorkerDeps extends RunDeps {
	readonly platform: Pick<IotPlatform, "invokeService" | "invokeServices" | "identify">;
	/** What the registry is read from. */
	readonly lists: PlatformLists;
	readonly models: Pick<ModelCache, "fit" | "isAsynchronous">;
	readonly quota: Quota;
	/** The calls for several devices. */
	readonly slots: Pick<BatchSlots, "take">;
	/** Devices of one such call. */
	readonly batchDevices: number;
	readonly together: TogetherStore;
	readonly liveJobs: LiveJobs;
	readonly places: Places;
	readonly outage: Outage;
	readonly worker: WorkerInvoker & OperationInvoker;
	readonly table: Table;
	readonly orders: OrderStore;
	readonly jobs: JobStore;
	readonly devices: DeviceStore;
	readonly syncs: SyncStore;
	readonly jobTargets: JobTargetStore;
	readonly jobInvoker: JobInvoker;
	readonly gate: JobGate;
	/** What jobs may reckon with. */
	readonly capacity: Capacity;
	readonly log: Log;
	readonly meter: Pick<Meter, "call" | "flush">;
	/** The longest that one call of the platform may take. */
	readonly maxCallMs: number;
}
