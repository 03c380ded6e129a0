/**
 * What the vendor's documentation of InvokeThingsService and SetDevicesProperty
 * leaves open. A program that is right must be right with any of them.
 */
export interface ManyDevices {
	/** 100 by most pages, 10 by one of them. @default 100 */
	readonly maxDevices: number;
	/** Whether an unknown name refuses the whole call or only itself. @default "refuse" */
	readonly unknownName: "refuse" | "skip";
	/** Whether a name that is given twice counts once, is called twice, or refuses the call. @default "once" */
	readonly repeatedName: "once" | "twice" | "refuse";
	/** Whether each device gets a message id of its own, or all of them the same. @default "own" */
	readonly messageIds: "own" | "shared";
}

export const DEFAULT_MANY_DEVICES: ManyDevices = {
	maxDevices: 100,
	unknownName: "refuse",
	repeatedName: "once",
	messageIds: "own",
};

/** The account's limits beside those of the calls; without a number there is none. */
export interface AccountLimits {
	/** Messages a second to the subscription (the vendor's figure: 1,000); what is above it is lost. */
	readonly subscriptionPerSecond?: number | undefined;
	/** Messages a second of one device (50); what is above it is lost. */
	readonly devicePerSecond?: number | undefined;
	/** Messages a second to devices (2,000); a call above it is answered iot.messagebroker.RateLimit. */
	readonly downlinkPerSecond?: number | undefined;
}
