import { systemClock } from "../../shared/clock.ts";
import {
	credentialsOf,
	readConfig,
	TABLESTORE_SETTINGS,
	WORKER_SETTINGS,
} from "../../shared/config.ts";
import { RoleCredentials } from "../../shared/credentials.ts";
import { withRole } from "../../shared/fc/context.ts";
import { openWorker } from "../../shared/fc/fc2-worker-invoker.ts";
import { Acceptor } from "../../shared/lifecycle/accept.ts";
import { createLog } from "../../shared/log.ts";
import { CommandStore } from "../../shared/store/command-store.ts";
import { DeadLetterStore } from "../../shared/store/dead-letter-store.ts";
import { IdempotencyStore } from "../../shared/store/idempotency-store.ts";
import { ParkStore } from "../../shared/store/park-store.ts";
import { ReactionStateStore } from "../../shared/store/reaction-state-store.ts";
import { ReactionStore } from "../../shared/store/reaction-store.ts";
import { ReplyStore } from "../../shared/store/reply-store.ts";
import { openTable } from "../../shared/table/tablestore/open.ts";
import { createHandler } from "./handler.ts";
import { ReactionBook } from "./reaction-book.ts";

const settings = readConfig(process.env, [...TABLESTORE_SETTINGS, ...WORKER_SETTINGS]);
const role = new RoleCredentials(credentialsOf(settings));
const log = createLog(settings.LOG_LEVEL);
const base = { credentials: role.source, clock: systemClock, random: Math.random, log };
const table = openTable(settings, base);
const commands = new CommandStore(table);
const worker = openWorker(settings, base);
const idempotency = new IdempotencyStore(table, systemClock);

export const handler = withRole(
	role,
	createHandler({
		commands,
		replies: new ReplyStore(table),
		parked: new ParkStore(table),
		deadLetters: new DeadLetterStore(table),
		acceptor: new Acceptor({ ...base, commands, idempotency, worker }),
		reactions: new ReactionBook(new ReactionStore(table), systemClock),
		reactionState: new ReactionStateStore(table),
		worker,
		clock: systemClock,
		log,
	}),
);

/** Runs before the first batch: everything above has been loaded and checked by then. */
export const initializer = async (): Promise<void> => {};
