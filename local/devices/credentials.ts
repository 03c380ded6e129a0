import { createHmac } from "node:crypto";

export interface DeviceSecret {
	readonly productKey: string;
	readonly deviceName: string;
	readonly deviceSecret: string;
}

type SignMethod = "hmacsha1" | "hmacsha256";

/** What a device says in MQTT CONNECT (help.aliyun.com/document_detail/73742.html). */
export function mqttLogin(
	device: DeviceSecret,
	clientId: string,
	timestamp: number,
	signMethod: SignMethod = "hmacsha256",
): { clientId: string; username: string; password: string } {
	const { productKey, deviceName, deviceSecret } = device;
	const content = `clientId${clientId}deviceName${deviceName}productKey${productKey}timestamp${timestamp}`;
	return {
		clientId: `${clientId}|securemode=3,signmethod=${signMethod},timestamp=${timestamp}|`,
		username: `${deviceName}&${productKey}`,
		password: createHmac(signMethod.slice("hmac".length), deviceSecret)
			.update(content)
			.digest("hex"),
	};
}
