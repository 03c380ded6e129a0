import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { compose } from "../../shared/compose.ts";
import { IOT_SETTINGS, JOB_SETTINGS } from "../../shared/config.ts";
import { type ConsoleFiles, readConsole } from "../../shared/console/files.ts";
import { serve } from "../../shared/fc/server.ts";
import { capacityOf } from "../../shared/job/capacity.ts";
import { quotaOverview } from "../../shared/quota/overview.ts";
import { JobTallies } from "../../shared/store/job-tallies.ts";
import { Streams } from "./stream/streams.ts";

/** An outage of the table store is answered with 503 within two seconds. */
const TABLE_LIMITS = { patienceMs: 1_500, inOutage: "fail" } as const;
/** Beside this bundle; the build writes it. */
const DOCUMENT = "openapi.json";
const CONSOLE = "console";

const deps = compose([...IOT_SETTINGS, ...JOB_SETTINGS, "API_KEYS", "CORS_ORIGINS"], TABLE_LIMITS);
const { settings } = deps;
const limits = { perSecond: settings.QUOTA_PER_SECOND, share: settings.QUOTA_SHARE };

/** Loads the IoT SDK, the largest part of the bundle, only when a list needs it. */
const platform = async () => {
	const { openPlatform } = await import("../../shared/iot/sdk-platform.ts");
	return openPlatform(settings, deps);
};

/** Read when it is first opened. */
let consoleFiles: ConsoleFiles | undefined;

const streams = new Streams(deps);

async function openApi() {
	const [{ getRequestListener }, { createApp }] = await Promise.all([
		import("@hono/node-server"),
		import("./app.ts"),
	]);
	const app = createApp({
		...deps,
		streams,
		tallies: new JobTallies(deps.table),
		apiKeys: settings.API_KEYS,
		corsOrigins: settings.CORS_ORIGINS,
		identify: async (device) => (await platform()).identify(device),
		fleet: { capacity: capacityOf(settings), batchDevices: settings.BATCH_DEVICES },
		quota: () => quotaOverview(limits, deps),
		console: () => {
			consoleFiles ??= readConsole(join(__dirname, CONSOLE));
			return consoleFiles;
		},
		document: () => readFile(join(__dirname, DOCUMENT), "utf8"),
	});
	return getRequestListener(app.fetch);
}

let api: ReturnType<typeof openApi> | undefined;
const loaded = () => {
	api ??= openApi();
	return api;
};

serve(
	{
		// What answers requests is loaded while the platform hears that this instance is ready.
		initialize: async () => void setImmediate(loaded),
		listen: async (request, response) => (await loaded())(request, response),
		stop: async () => streams.end(),
	},
	deps,
);
