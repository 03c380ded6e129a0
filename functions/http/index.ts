import { systemClock } from "../../shared/clock.ts";
import {
	credentialsOf,
	IOT_SETTINGS,
	readConfig,
	TABLESTORE_SETTINGS,
	WORKER_SETTINGS,
} from "../../shared/config.ts";
import { RoleCredentials } from "../../shared/credentials.ts";
import { withRole } from "../../shared/fc/context.ts";
import { openWorker } from "../../shared/fc/fc2-worker-invoker.ts";
import { Acceptor } from "../../shared/lifecycle/accept.ts";
import { createLog } from "../../shared/log.ts";
import { quotaOverview } from "../../shared/quota/overview.ts";
import { CommandStore } from "../../shared/store/command-store.ts";
import { DeadLetterStore } from "../../shared/store/dead-letter-store.ts";
import { IdempotencyStore } from "../../shared/store/idempotency-store.ts";
import { ParkStore } from "../../shared/store/park-store.ts";
import { ReactionStore } from "../../shared/store/reaction-store.ts";
import { ReplyStore } from "../../shared/store/reply-store.ts";
import { ScheduleStore } from "../../shared/store/schedule-store.ts";
import { openTable } from "../../shared/table/tablestore/open.ts";
import { createHandler } from "./handler.ts";

const settings = readConfig(process.env, [
	...TABLESTORE_SETTINGS,
	...WORKER_SETTINGS,
	...IOT_SETTINGS,
	"QUOTA_PER_SECOND",
	"QUOTA_SHARE",
	"API_KEYS",
]);
const role = new RoleCredentials(credentialsOf(settings));
const log = createLog(settings.LOG_LEVEL);
const base = { credentials: role.source, clock: systemClock, random: Math.random, log };
const table = openTable(settings, base);
const commands = new CommandStore(table);
const worker = openWorker(settings, base);
const limits = { perSecond: settings.QUOTA_PER_SECOND, share: settings.QUOTA_SHARE };
const idempotency = new IdempotencyStore(table, systemClock);

/** Loads the IoT SDK, the largest part of the bundle, only when a list needs it. */
const platform = async () => {
	const { openPlatform } = await import("../../shared/iot/sdk-platform.ts");
	return openPlatform(settings, base);
};

export const handler = withRole(
	role,
	createHandler({
		apiKeys: settings.API_KEYS,
		table,
		commands,
		replies: new ReplyStore(table),
		parked: new ParkStore(table),
		deadLetters: new DeadLetterStore(table),
		schedules: new ScheduleStore(table),
		reactions: new ReactionStore(table),
		idempotency,
		acceptor: new Acceptor({ ...base, commands, idempotency, worker }),
		worker,
		identify: async (device) => (await platform()).identify(device),
		quota: () => quotaOverview(limits, { table, clock: systemClock }),
		clock: systemClock,
		random: Math.random,
		log,
	}),
);

/** Runs before the first request: everything above has been loaded and checked by then. */
export const initializer = async (): Promise<void> => {};
