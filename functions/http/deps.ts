import type { Clock } from "../../shared/clock.ts";
import type { DeviceRef } from "../../shared/command/device.ts";
import type { ConsoleFiles } from "../../shared/console/files.ts";
import type { JobInvoker } from "../../shared/fc/job-invoker.ts";
import type { OperationInvoker, WorkerInvoker } from "../../shared/fc/worker-invoker.ts";
import type { Capacity } from "../../shared/job/capacity.ts";
import type { Acceptor } from "../../shared/lifecycle/accept.ts";
import type { Log } from "../../shared/log.ts";
import type { QuotaOverview } from "../../shared/quota/overview.ts";
import type { AuditStore } from "../../shared/store/audit-store.ts";
import type { CommandStore } from "../../shared/store/command-store.ts";
import type { DeadLetterStore } from "../../shared/store/dead-letter-store.ts";
import type { DeviceStore } from "../../shared/store/device-store.ts";
import type { IdempotencyStore } from "../../shared/store/idempotency-store.ts";
import type { JobStore } from "../../shared/store/job-store.ts";
import type { JobTallies } from "../../shared/store/job-tallies.ts";
import type { JobTargetStore } from "../../shared/store/job-target-store.ts";
import type { KeyStore } from "../../shared/store/key-store.ts";
import type { OperationStore } from "../../shared/store/operation-store.ts";
import type { ParkStore } from "../../shared/store/park-store.ts";
import type { ReactionStore } from "../../shared/store/reaction-store.ts";
import type { ReplyStore } from "../../shared/store/reply-store.ts";
import type { ScheduleStore } from "../../shared/store/schedule-store.ts";
import type { SyncStore } from "../../shared/store/sync-store.ts";
import type { Table } from "../../shared/table/table.ts";
import type { Streams } from "./stream/streams.ts";

export interface HttpDeps {
	readonly apiKeys: readonly string[];
	/** Of web pages that may call the API; `*`: any. */
	readonly corsOrigins: readonly string[];
	readonly keys: KeyStore;
	readonly audit: AuditStore;
	readonly table: Table;
	readonly commands: CommandStore;
	readonly replies: ReplyStore;
	readonly parked: ParkStore;
	readonly deadLetters: DeadLetterStore;
	readonly operations: OperationStore;
	readonly schedules: ScheduleStore;
	readonly reactions: ReactionStore;
	readonly idempotency: IdempotencyStore;
	readonly acceptor: Acceptor;
	readonly worker: WorkerInvoker & OperationInvoker;
	readonly streams: Streams;
	readonly jobs: JobStore;
	readonly devices: DeviceStore;
	readonly syncs: SyncStore;
	readonly tallies: JobTallies;
	readonly jobTargets: JobTargetStore;
	readonly jobInvoker: JobInvoker;
	/** All names of a device, asked of the platform. */
	readonly identify: (device: DeviceRef) => Promise<Required<DeviceRef>>;
	/** What jobs may reckon with. */
	readonly fleet: { readonly capacity: Capacity; readonly batchDevices: number };
	readonly quota: () => Promise<QuotaOverview>;
	/** The API as an OpenAPI document, which was made when the function was built. */
	readonly document: () => Promise<string>;
	/** The web console; absent where none was built. */
	readonly console?: () => ConsoleFiles;
	readonly clock: Clock;
	readonly random: () => number;
	readonly log: Log;
}
