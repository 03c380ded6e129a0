"""A device by Eclipse Paho (Debian's python3-paho-mqtt): answers every request with 200."""

import json
import os

import paho.mqtt.client as mqtt

system = os.environ["SYSTEM"]


def on_connect(client, userdata, flags, code):
    if code != 0:
        raise SystemExit(f"refused: {code}")
    client.subscribe([(f"{system}/rrpc/request/+", 1), (f"{system}/thing/service/#", 1)])


def on_message(client, userdata, message):
    if message.topic.endswith("_reply"):
        return
    request = json.loads(message.payload)
    topic = message.topic.replace("/rrpc/request/", "/rrpc/response/")
    if topic == message.topic:
        topic += "_reply"
    client.publish(topic, json.dumps({"id": request["id"], "code": 200, "data": {}}))


client = mqtt.Client(client_id=os.environ["CLIENT_ID"])
client.username_pw_set(os.environ["USERNAME"], os.environ["PASSWORD"])
client.on_connect = on_connect
client.on_subscribe = lambda *_: print("subscribed", flush=True)
client.on_message = on_message
client.connect("127.0.0.1", int(os.environ["PORT"]))
client.loop_forever()
