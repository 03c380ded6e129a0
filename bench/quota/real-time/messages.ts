import type { DeviceRef } from "../../../shared/command/device.ts";
import type { Credentials } from "../../../shared/credentials.ts";

/** What the process of the local cloud says once it is ready. */
export interface CloudReady {
	readonly iot: string;
	readonly tablestore: string;
	readonly instance: string;
	readonly credentials: Credentials;
	readonly device: DeviceRef;
}

/** What each worker is told. */
export interface WorkerTask extends CloudReady {
	readonly workers: number;
	readonly perSecond: number;
	readonly inFlight: number;
	/** Milliseconds since the epoch. */
	readonly startAt: number;
	/** From here on it counts. */
	readonly countFrom: number;
	readonly endAt: number;
}

/** What each worker says in the end. */
export interface WorkerResult {
	readonly calls: number;
	readonly taken: number;
	readonly throttled: number;
	/** Neither taken nor throttled. */
	readonly otherwise: number;
}
