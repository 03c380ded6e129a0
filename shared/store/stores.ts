import type { Clock } from "../clock.ts";
import type { Table } from "../table/table.ts";
import { AuditStore } from "./audit-store.ts";
import { CommandStore } from "./command-store.ts";
import { DeadLetterStore } from "./dead-letter-store.ts";
import { DeviceStore } from "./device-store.ts";
import { IdempotencyStore } from "./idempotency-store.ts";
import { JobStore } from "./job-store.ts";
import { JobTargetStore } from "./job-target-store.ts";
import { KeyStore } from "./key-store.ts";
import { OperationStore } from "./operation-store.ts";
import { OrderStore } from "./order-store.ts";
import { ParkStore } from "./park-store.ts";
import { ReactionStateStore } from "./reaction-state-store.ts";
import { ReactionStore } from "./reaction-store.ts";
import { ReplyStore } from "./reply-store.ts";
import { ScheduleStore } from "./schedule-store.ts";
import { SyncStore } from "./sync-store.ts";
import { TogetherStore } from "./together-store.ts";

/** Everything that is stored. */
export const openStores = (table: Table, clock: Clock) => ({
	audit: new AuditStore(table),
	commands: new CommandStore(table),
	deadLetters: new DeadLetterStore(table),
	devices: new DeviceStore(table),
	idempotency: new IdempotencyStore(table, clock),
	jobs: new JobStore(table),
	jobTargets: new JobTargetStore(table),
	operations: new OperationStore(table),
	keys: new KeyStore(table),
	orders: new OrderStore(table),
	parked: new ParkStore(table),
	reactions: new ReactionStore(table),
	reactionState: new ReactionStateStore(table),
	replies: new ReplyStore(table),
	schedules: new ScheduleStore(table),
	syncs: new SyncStore(table),
	together: new TogetherStore(table),
});

export type Stores = ReturnType<typeof openStores>;
