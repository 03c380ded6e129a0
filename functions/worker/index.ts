import { systemClock } from "../../shared/clock.ts";
import {
	credentialsOf,
	IOT_SETTINGS,
	QUOTA_SETTINGS,
	readConfig,
	TABLESTORE_SETTINGS,
	WORKER_SETTINGS,
} from "../../shared/config.ts";
import { RoleCredentials } from "../../shared/credentials.ts";
import { withRole } from "../../shared/fc/context.ts";
import { openWorker } from "../../shared/fc/fc2-worker-invoker.ts";
import { ModelCache } from "../../shared/iot/model-cache.ts";
import { maxCallMs, openPlatform } from "../../shared/iot/sdk-platform.ts";
import { createLog } from "../../shared/log.ts";
import { SharedQuota } from "../../shared/quota/shared-quota.ts";
import { CommandStore } from "../../shared/store/command-store.ts";
import { ParkStore } from "../../shared/store/park-store.ts";
import { ReplyStore } from "../../shared/store/reply-store.ts";
import { openTable } from "../../shared/table/tablestore/open.ts";
import { createHandler } from "./handler.ts";

const settings = readConfig(process.env, [
	...TABLESTORE_SETTINGS,
	...WORKER_SETTINGS,
	...IOT_SETTINGS,
	...QUOTA_SETTINGS,
]);
const role = new RoleCredentials(credentialsOf(settings));
const log = createLog(settings.LOG_LEVEL);
const base = { credentials: role.source, clock: systemClock, random: Math.random, log };
const table = openTable(settings, base);
const limits = {
	perSecond: settings.QUOTA_PER_SECOND,
	share: settings.QUOTA_SHARE,
	maxInstances: settings.QUOTA_INSTANCES,
};
const platform = openPlatform(settings, base);

export const handler = withRole(
	role,
	createHandler({
		...base,
		commands: new CommandStore(table),
		replies: new ReplyStore(table),
		parked: new ParkStore(table),
		platform,
		models: new ModelCache(platform, systemClock),
		quota: new SharedQuota(limits, { ...base, table }),
		worker: openWorker(settings, base),
		maxCallMs: maxCallMs(settings.SYNC_TIMEOUT_SECONDS * 1000),
	}),
);

/** Runs before the first batch: everything above, the IoT SDK first of all, has been loaded by then. */
export const initializer = async (): Promise<void> => {};
