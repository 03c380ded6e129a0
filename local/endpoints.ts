import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DamagedFile } from "./damaged.ts";
import type { FcService } from "./fc/index.ts";
import type { Seed } from "./iot/index.ts";
import type { Stack } from "./stack/index.ts";

/** What a client needs to know; written to `endpoints.json` in the data folder. */
export interface Endpoints {
	/** Address of the first function with an HTTP trigger; empty if there is none. */
	readonly http: string;
	/** Addresses of all HTTP triggers, by the function's key under `resources` in s.yaml. */
	readonly functions: Readonly<Record<string, { readonly http: string }>>;
	readonly iot: string;
	readonly fc: string;
	readonly mns: string;
	readonly tablestore: string;
	readonly mqtt: string;
	/** Faults, timers and time by hand; the local cloud's own. */
	readonly admin: string;
	readonly instance: string;
	readonly accountId: string;
	readonly region: string;
	readonly accessKeyId: string;
	readonly accessKeySecret: string;
	/** A random secret of this data folder, for the project's own use. */
	readonly apiKey: string;
	readonly queues: { readonly commands: string; readonly events: string };
	readonly devices: Seed["devices"];
}

/** What is known of the cloud before its functions run. */
export type Services = Omit<Endpoints, "http" | "functions" | "fc" | "admin">;

/** What s.yaml's `${env(…)}` finds in every project. */
export function environmentOf(services: Services): Record<string, string> {
	return {
		FC_REGION: services.region,
		IOT_ENDPOINT: services.iot,
		MNS_ENDPOINT: services.mns,
		TABLESTORE_ENDPOINT: services.tablestore,
		TABLESTORE_INSTANCE: services.instance,
		COMMANDS_QUEUE: services.queues.commands,
		EVENTS_QUEUE: services.queues.events,
	};
}

export function httpAddresses(stack: Stack, fc: FcService): Endpoints["functions"] {
	return Object.fromEntries(
		stack.functions.flatMap(({ resource, functionName }) => {
			const http = fc.httpUrls[functionName];
			return http === undefined ? [] : [[resource, { http }]];
		}),
	);
}

/** `endpoints.json`: it exists while the cloud takes requests or did so last, and is never half written. */
export class EndpointsFile {
	readonly path: string;

	/** Removes what an earlier start left: its addresses are no longer true. */
	constructor(dataDir: string) {
		this.path = join(dataDir, "endpoints.json");
		this.#orDamaged(() => rmSync(this.path, { force: true }));
	}

	write(endpoints: Endpoints): void {
		this.#orDamaged(() => {
			const draft = `${this.path}.draft`;
			writeFileSync(draft, `${JSON.stringify(endpoints, null, "\t")}\n`, { mode: 0o600 });
			renameSync(draft, this.path);
		});
	}

	#orDamaged(work: () => void): void {
		try {
			work();
		} catch (error) {
			throw new DamagedFile(this.path, error, "Remove it: every start writes it anew.");
		}
	}
}
