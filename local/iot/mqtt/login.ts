import { createHmac } from "node:crypto";
import { sameText } from "../../account.ts";
import type { Device, Registry } from "../registry.ts";

export interface Login {
	readonly device: Device;
	/** The part of the MQTT client id before the first `|`. */
	readonly clientId: string;
	/** `_ss=1`: the platform subscribes the device to its system topics, as the vendor's C SDK asks. */
	readonly implicitSubscriptions: boolean;
	/** Bit 0 of `ext`: synchronous services come on topics of their own. */
	readonly extendedRrpc: boolean;
}

export type LoginResult =
	| { readonly ok: true; readonly login: Login }
	| { readonly ok: false; readonly reason: "malformed" | "refused" };

const SIGN_METHODS: Record<string, string> = {
	hmacsha1: "sha1",
	hmacsha256: "sha256",
	hmacmd5: "md5",
};

/** 2: over TLS, 3: over TCP (help.aliyun.com/document_detail/73742.html). */
const SECURE_MODES = new Set(["2", "3"]);

const MAX_CLIENT_ID_CHARS = 64;
/** Of `ext`, by the vendor's C SDK. */
const EXT_RRPC = 1;

/**
 * "One device, one secret": the password is the hex HMAC of the parameters'
 * names and values in alphabetical order; `timestamp` is part of it only if the
 * client id carries one (help.aliyun.com/document_detail/73742.html).
 */
export function checkLogin(
	registry: Registry,
	mqttClientId: string,
	username: string | undefined,
	password: string | undefined,
): LoginResult {
	const [clientId, settings, rest] = mqttClientId.split("|");
	if (!clientId || settings === undefined || rest !== "" || !username || !password) {
		return { ok: false, reason: "malformed" };
	}
	const extended = new Map(
		settings.split(",").map((part): [string, string] => {
			const equals = part.indexOf("=");
			return [part.slice(0, equals).trim(), part.slice(equals + 1).trim()];
		}),
	);
	const algorithm = SIGN_METHODS[extended.get("signmethod") ?? "hmacmd5"];
	if (
		clientId.length > MAX_CLIENT_ID_CHARS ||
		!algorithm ||
		!SECURE_MODES.has(extended.get("securemode") ?? "")
	) {
		return { ok: false, reason: "malformed" };
	}
	const ampersand = username.indexOf("&");
	const deviceName = username.slice(0, ampersand);
	const productKey = username.slice(ampersand + 1);
	const device = registry.device(productKey, deviceName);
	if (!device?.enabled) return { ok: false, reason: "refused" };

	const timestamp = extended.get("timestamp");
	const content = `clientId${clientId}deviceName${deviceName}productKey${productKey}${
		timestamp === undefined ? "" : `timestamp${timestamp}`
	}`;
	const expected = createHmac(algorithm, device.deviceSecret).update(content).digest("hex");
	if (!sameText(expected, password.toLowerCase())) return { ok: false, reason: "refused" };
	return {
		ok: true,
		login: {
			device,
			clientId,
			implicitSubscriptions: extended.get("_ss") === "1",
			extendedRrpc: (Number(extended.get("ext") ?? 0) & EXT_RRPC) !== 0,
		},
	};
}
