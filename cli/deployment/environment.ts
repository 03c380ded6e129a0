import type { Io } from "../io.ts";
import { localEndpoints } from "../settings/connection.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables of a deployment: this process's own, or those of the local cloud in this folder. */
export function deploymentEnvironment(io: Pick<Io, "env">, profile?: string): Environment {
	if (profile !== "local") return io.env;
	const { tablestore, mns, instance, accountId, accessKeyId, accessKeySecret } = localEndpoints();
	return {
		...io.env,
		TABLESTORE_ENDPOINT: tablestore,
		TABLESTORE_INSTANCE: instance,
		MNS_ENDPOINT: mns,
		FC_ACCOUNT_ID: accountId,
		ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
		ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
	};
}

/** Of the vendor, not of a machine's own local cloud. */
export const isLocal = (environment: Environment): boolean =>
	/^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(`${environment["TABLESTORE_ENDPOINT"]}/`);
