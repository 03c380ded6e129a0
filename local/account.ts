import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

export interface Credentials {
	readonly accessKeyId: string;
	readonly accessKeySecret: string;
	/** Present on temporary (STS) credentials only. */
	readonly securityToken?: string;
}

export type KeyLookup =
	| { readonly ok: true; readonly accessKeySecret: string }
	| {
			readonly ok: false;
			readonly reason: "unknown-key" | "token-missing" | "token-invalid" | "token-expired";
	  };

const STS_PREFIX = "STS.";

/**
 * The one Alibaba Cloud account of the local cloud: its long-term key, and
 * temporary credentials derived from it. These carry their own expiry and
 * proof, so nothing has to be stored for them to outlive a restart.
 */
export class Account {
	readonly accountId: string;
	readonly region: string;
	readonly root: Credentials;
	/** Temporary credentials of earlier ones have expired. */
	#generation = 0;

	constructor(accountId: string, region: string, root: Credentials) {
		this.accountId = accountId;
		this.region = region;
		this.root = root;
	}

	/** Temporary credentials, valid until `expiresAt` (milliseconds since the epoch). */
	issueTemporary(expiresAt: number): Required<Credentials> {
		const accessKeyId = `${STS_PREFIX}${randomBytes(12).toString("hex")}`;
		const payload = `${accessKeyId}|${expiresAt}|${this.#generation}`;
		const securityToken = Buffer.from(`${payload}|${this.#mac(payload)}`).toString("base64");
		return { accessKeyId, accessKeySecret: this.#mac(`secret|${accessKeyId}`), securityToken };
	}

	/** Credentials issued under an earlier number than this have expired. */
	get generation(): number {
		return this.#generation;
	}

	/** All temporary credentials that there are have expired from now on. */
	expireTemporary(): void {
		this.#generation++;
	}

	/** The secret that a request signed with this key must have used. */
	lookUp(accessKeyId: string, securityToken: string | undefined, now: number): KeyLookup {
		if (!accessKeyId.startsWith(STS_PREFIX)) {
			return accessKeyId === this.root.accessKeyId
				? { ok: true, accessKeySecret: this.root.accessKeySecret }
				: { ok: false, reason: "unknown-key" };
		}
		if (!securityToken) return { ok: false, reason: "token-missing" };
		const parts = Buffer.from(securityToken, "base64").toString("utf8").split("|");
		const [id, expiresAt, generation, mac] = parts;
		if (parts.length !== 4 || id !== accessKeyId || !mac) {
			return { ok: false, reason: "token-invalid" };
		}
		if (!sameText(mac, this.#mac(`${id}|${expiresAt}|${generation}`))) {
			return { ok: false, reason: "token-invalid" };
		}
		const outlived = Number(generation) < this.#generation;
		if (outlived || Number(expiresAt) <= now) return { ok: false, reason: "token-expired" };
		return { ok: true, accessKeySecret: this.#mac(`secret|${accessKeyId}`) };
	}

	#mac(text: string): string {
		return createHmac("sha256", this.root.accessKeySecret).update(text).digest("hex").slice(0, 40);
	}
}

/** Compares without telling by its duration where the texts differ. */
export function sameText(left: string, right: string): boolean {
	const a = Buffer.from(left);
	const b = Buffer.from(right);
	return a.length === b.length && timingSafeEqual(a, b);
}
