import type { Credentials } from "../../account.ts";
import type { FunctionDefinition } from "../../stack/index.ts";

/** Of this machine's own environment only what a process cannot do without. */
const INHERITED = ["PATH", "HOME", "TMPDIR", "SystemRoot", "TEMP"] as const;

/**
 * The variables of an instance: those of s.yaml, and the documented system
 * variables, which cannot be overridden (Function Compute, "Environment
 * variables"). `extra` are those that only the local cloud sets.
 */
export function instanceEnvironment(
	definition: FunctionDefinition,
	instance: {
		readonly instanceId: string;
		readonly accountId: string;
		readonly region: string;
		readonly codePath: string;
		readonly credentials: Required<Credentials>;
		readonly extra: Readonly<Record<string, string>>;
	},
): Record<string, string> {
	const inherited: Record<string, string> = {};
	for (const name of INHERITED) {
		const value = process.env[name];
		if (value !== undefined) inherited[name] = value;
	}
	return {
		...inherited,
		// Instances in the cloud run in UTC, and a function that forgets that shows here.
		TZ: "UTC",
		LANG: "C.UTF-8",
		...instance.extra,
		...definition.environment,
		ALIBABA_CLOUD_ACCESS_KEY_ID: instance.credentials.accessKeyId,
		ALIBABA_CLOUD_ACCESS_KEY_SECRET: instance.credentials.accessKeySecret,
		ALIBABA_CLOUD_SECURITY_TOKEN: instance.credentials.securityToken,
		FC_ACCOUNT_ID: instance.accountId,
		FC_FUNCTION_HANDLER: definition.handler,
		FC_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
		FC_FUNCTION_NAME: definition.functionName,
		FC_FUNCTION_VERSION: "LATEST",
		FC_FUNC_CODE_PATH: instance.codePath,
		FC_INSTANCE_ID: instance.instanceId,
		FC_REGION: instance.region,
		FC_RUNTIME: definition.runtime,
	};
}
