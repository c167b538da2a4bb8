"""A gRPC server of raw messages: `grpc_echo.py ADDRESS NAME`. It answers with its name, the message and its metadata."""

import sys
import time
from concurrent import futures

import grpc

address, name = sys.argv[1:]


def answer(message, context):
    metadata = dict(context.invocation_metadata())
    return f"{name}|{message.decode()}|{metadata.get('x-forwarded-proto', '')}".encode()


def unary(message, context):
    if message == b"fail":
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, "as asked")
    if message.startswith(b"sleep "):
        time.sleep(float(message.split()[1]))
    return answer(message, context)


def many(message, context):
    for part in range(5):
        time.sleep(0.2)
        yield f"{part}|".encode() + answer(message, context)


def chat(messages, context):
    for message in messages:
        yield answer(message, context)


server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
server.add_generic_rpc_handlers((
    grpc.method_handlers_generic_handler(
        "echo.Echo",
        {
            "Unary": grpc.unary_unary_rpc_method_handler(unary),
            "Many": grpc.unary_stream_rpc_method_handler(many),
            "Chat": grpc.stream_stream_rpc_method_handler(chat),
        },
    ),
))
server.add_insecure_port(f"{address}:8000")
server.start()
print("listening", flush=True)
server.wait_for_termination()
