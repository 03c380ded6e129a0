import { systemClock } from "./clock.ts";
import {
	type ACCOUNT_SETTINGS,
	credentialsOf,
	FUNCTION_SETTINGS,
	type Name,
	readConfig,
	type Settings,
} from "./config.ts";
import { RoleCredentials } from "./credentials.ts";
import { openWorker } from "./fc/fc2-worker-invoker.ts";
import { Acceptor } from "./lifecycle/accept.ts";
import { wakeFollowers } from "./lifecycle/in-order.ts";
import { createLog } from "./log.ts";
import { openStores } from "./store/stores.ts";
import { openTable } from "./table/tablestore/open.ts";

type Common = (typeof ACCOUNT_SETTINGS)[number] | (typeof FUNCTION_SETTINGS)[number];

/**
 * Opens what all functions share: settings, credentials, table, stores and the
 * worker. Runs once in a process.
 *
 * @param names settings that this function needs beside those of every function.
 * @param tableLimits how long an operation of the table store may take, and what it does in an outage.
 * @throws ConfigError
 */
export function compose<N extends Name>(
	names: readonly N[],
	tableLimits: Pick<Parameters<typeof openTable>[1], "patienceMs" | "inOutage"> = {},
) {
	const read = readConfig<Name>(process.env, [...FUNCTION_SETTINGS, ...names]);
	const settings = read as Settings<N> & Settings<Common>;
	const role = new RoleCredentials(credentialsOf(settings));
	const log = createLog(settings.LOG_LEVEL);
	const base = { credentials: role.source, clock: systemClock, random: Math.random, log };
	const table = openTable(settings, { ...base, ...tableLimits });
	const stores = openStores(table, systemClock);
	const worker = openWorker(settings, base);
	stores.commands.onEnd = wakeFollowers({ ...base, ...stores, worker });
	const acceptor = new Acceptor({ ...base, ...stores, worker });
	return { ...base, ...stores, settings, role, table, worker, jobInvoker: worker, acceptor };
}
