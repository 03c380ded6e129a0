import type { Environment } from "./environment.ts";
import type { Rpc } from "./rpc.ts";

/** Whose things are looked at. */
export interface Account {
	readonly accountId: string;
	readonly accessKeyId: string;
	readonly accessKeySecret: string;
	readonly securityToken?: string;
}

export type Keys = Omit<Account, "accountId">;

const KEYS = ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"] as const;

/** @throws Error that names what is missing. */
export function keysOf(environment: Environment): Keys {
	const missing = KEYS.filter((name) => !environment[name]);
	if (missing.length > 0) {
		throw new Error(`${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} missing`);
	}
	const [accessKeyId = "", accessKeySecret = ""] = KEYS.map((name) => environment[name]);
	const securityToken = environment["ALIBABA_CLOUD_SECURITY_TOKEN"];
	return { accessKeyId, accessKeySecret, ...(securityToken ? { securityToken } : {}) };
}

/** The account's id is what STS says of the keys, unless FC_ACCOUNT_ID says it. */
export async function accountOf(environment: Environment, sts: Rpc): Promise<Account> {
	const keys = keysOf(environment);
	const known = environment["FC_ACCOUNT_ID"];
	if (known) return { ...keys, accountId: known };
	const { AccountId } = await sts("GetCallerIdentity");
	return { ...keys, accountId: String(AccountId) };
}
