"""Sends gRPC calls over one channel and prints a JSON list of results: `grpc_calls.py TARGET CALLS`.

Each of CALLS is an object with `method`, `messages` and optional `metadata`.
"""

import json
import sys

import grpc

target, calls = sys.argv[1:]


def results(channel, call):
    method = "/echo.Echo/" + call["method"]
    messages = [message.encode() for message in call["messages"]]
    metadata = list(call.get("metadata", {}).items())
    if call["method"] == "Many":
        return channel.unary_stream(method)(messages[0], metadata=metadata, timeout=30)
    if call["method"] == "Chat":
        return channel.stream_stream(method)(iter(messages), metadata=metadata, timeout=30)
    return [channel.unary_unary(method)(messages[0], metadata=metadata, timeout=30)]


printed = []
with grpc.insecure_channel(target) as channel:
    for call in json.loads(calls):
        try:
            printed.append([result.decode() for result in results(channel, call)])
        except grpc.RpcError as error:
            printed.append(error.code().name)
print(json.dumps(printed))
