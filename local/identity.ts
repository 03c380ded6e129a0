import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Who the local cloud's account is; made once for a data folder, and kept in it. */
export interface Identity {
	readonly accountId: string;
	readonly accessKeyId: string;
	readonly accessKeySecret: string;
	readonly apiKey: string;
}

export function loadIdentity(dataDir: string): Identity {
	const path = join(dataDir, "identity.json");
	if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8")) as Identity;
	mkdirSync(dataDir, { recursive: true });
	const identity: Identity = {
		accountId: `1${BigInt(`0x${randomBytes(6).toString("hex")}`)
			.toString()
			.padStart(15, "0")}`,
		accessKeyId: `LTAI${randomBytes(10).toString("hex")}`,
		accessKeySecret: randomBytes(15).toString("hex"),
		apiKey: `tc_${randomBytes(16).toString("hex")}`,
	};
	// Renamed into place: a process that dies here leaves no half of a file behind.
	const draft = `${path}.${process.pid}`;
	writeFileSync(draft, `${JSON.stringify(identity, null, "\t")}\n`, { mode: 0o600 });
	renameSync(draft, path);
	return identity;
}
