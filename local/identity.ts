import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { DamagedFile } from "./damaged.ts";

const identitySchema = z.strictObject({
	accountId: z.string().regex(/^\d{16}$/, "not 16 digits"),
	accessKeyId: z.string().min(1),
	accessKeySecret: z.string().min(1),
	apiKey: z.string().min(16),
});

/** Who the local cloud's account is; made once for a data folder, and kept in it. */
export type Identity = Readonly<z.infer<typeof identitySchema>>;

/** The same on every machine, for tests and CI: it is no secret, and opens nothing but a local cloud. */
export const WELL_KNOWN_ACCOUNT: Identity = {
	accountId: "1000000000000001",
	accessKeyId: "LTAI00000000000000local",
	accessKeySecret: "local-cloud-well-known-secret",
	apiKey: "local-cloud-well-known-key",
};

/**
 * @param wanted the account that it must be; without it a new folder gets a random one.
 * @throws DamagedFile, or Error if the folder belongs to another account.
 */
export function loadIdentity(dataDir: string, wanted?: Identity): Identity {
	const path = join(dataDir, "identity.json");
	if (!existsSync(path)) return keep(path, dataDir, wanted ?? randomIdentity());
	const kept = read(path);
	if (wanted && wanted.accessKeyId !== kept.accessKeyId) {
		throw new Error(
			`${dataDir} belongs to account ${kept.accountId}, not to ${wanted.accountId}: choose another data folder, or remove this one`,
		);
	}
	return kept;
}

function read(path: string): Identity {
	try {
		return identitySchema.parse(JSON.parse(readFileSync(path, "utf8")));
	} catch (error) {
		const cause = error instanceof z.ZodError ? z.prettifyError(error) : error;
		const remedy =
			"It holds the account's keys. Remove it to get new ones; what is stored beside it stays.";
		throw new DamagedFile(path, cause, remedy);
	}
}

function randomIdentity(): Identity {
	const digits = BigInt(`0x${randomBytes(6).toString("hex")}`).toString();
	return {
		accountId: `1${digits.padStart(15, "0")}`,
		accessKeyId: `LTAI${randomBytes(10).toString("hex")}`,
		accessKeySecret: randomBytes(15).toString("hex"),
		apiKey: `tc_${randomBytes(16).toString("hex")}`,
	};
}

function keep(path: string, dataDir: string, identity: Identity): Identity {
	mkdirSync(dataDir, { recursive: true });
	// Renamed into place: a process that dies here leaves no half of a file behind.
	const draft = `${path}.${process.pid}`;
	writeFileSync(draft, `${JSON.stringify(identity, null, "\t")}\n`, { mode: 0o600 });
	renameSync(draft, path);
	return identity;
}
