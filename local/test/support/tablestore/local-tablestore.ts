import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type TableStore from "tablestore";
import type { Account } from "../../../account.ts";
import { type Clock, systemClock } from "../../../clock/clock.ts";
import { startTablestore, type TablestoreService } from "../../../tablestore/index.ts";
import { ACCOUNT, INSTANCE } from "./fixtures.ts";
import { sdkClient } from "./sdk.ts";

export interface Running {
	readonly service: TablestoreService;
	readonly client: TableStore.Client;
	readonly dataDir: string;
	/** Starts the service again on the same data. */
	restart(): Promise<Running>;
	stop(): Promise<void>;
}

interface Settings {
	readonly clock?: Clock;
	readonly indexDelayMs?: number;
	readonly maxClockSkewMs?: number;
	readonly dataDir?: string;
	readonly account?: Account;
	readonly log?: (line: string) => void;
}

/** A service on a free port and an empty folder of its own, with a client of the npm SDK. */
export async function startLocalTablestore(settings: Settings = {}): Promise<Running> {
	const { clock = systemClock, indexDelayMs, maxClockSkewMs, account = ACCOUNT } = settings;
	const dataDir = settings.dataDir ?? mkdtempSync(join(tmpdir(), "tablestore-"));
	const service = await startTablestore(
		{ dataDir, port: 0, clock, random: Math.random, account, log: settings.log ?? (() => {}) },
		{
			instance: INSTANCE,
			...(indexDelayMs === undefined ? {} : { indexDelayMs }),
			...(maxClockSkewMs === undefined ? {} : { maxClockSkewMs }),
		},
	);
	return {
		service,
		client: sdkClient(service.url, account.root),
		dataDir,
		async restart() {
			await service.close();
			return startLocalTablestore({ ...settings, dataDir });
		},
		async stop() {
			await service.close();
			rmSync(dataDir, { recursive: true, force: true });
		},
	};
}
