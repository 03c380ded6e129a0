#!/usr/bin/env bash
# A device by mosquitto_sub alone would receive and could not answer: an account has one
# connection a device. mosquitto_rr waits for one message and answers it on a topic that
# is known beforehand, which the topic of a synchronous service is not. So it is the
# subscriber that is tested here, and the publisher that answers logs in in its place.
set -euo pipefail
login=(-h 127.0.0.1 -p "$PORT" -i "$CLIENT_ID" -u "$USERNAME" -P "$PASSWORD" -V mqttv311)
# Its output is kept back where it goes into a pipe.
stdbuf -oL mosquitto_sub "${login[@]}" -d -v -q 1 -C 1 -t "$SYSTEM/rrpc/request/+" |
	while read -r line; do
		case $line in
		*"received SUBACK"*) echo subscribed ;;
		"$SYSTEM/rrpc/request/"*)
			id=${line#"$SYSTEM/rrpc/request/"}
			id=${id%% *}
			mosquitto_pub "${login[@]}" -t "$SYSTEM/rrpc/response/$id" -m "{\"id\":\"$id\",\"code\":200,\"data\":{}}"
			;;
		esac
	done
sleep 5
