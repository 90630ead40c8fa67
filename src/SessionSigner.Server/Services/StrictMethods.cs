using System.Buffers;
using System.Reflection;
using Google.Protobuf;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using SessionSigner.Core;

namespace SessionSigner.Server;

/// <summary>
/// Finds the methods of a service as the gRPC stack itself does, but has <see cref="WireCheck"/> read every request first. It takes the place of
/// the stack's own provider because nothing behind the parser sees the bytes any more.
/// </summary>
internal sealed class StrictMethods<TService> : IServiceMethodProvider<TService>
    where TService : class
{
    /// <inheritdoc/>
    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<TService> context)
    {
        for (var type = typeof(TService); type is not null; type = type.BaseType)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is { } binding)
            {
                var bind = binding.BindType.GetMethod(binding.BindMethodName, [typeof(ServiceBinderBase), type]);
                _ = bind!.Invoke(null, [new Binder(context), null]);
                return;
            }
        }
        throw new InvalidOperationException($"{typeof(TService).Name} is not a gRPC service.");
    }

    private sealed class Binder(ServiceMethodProviderContext<TService> context) : ServiceBinderBase
    {
        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            UnaryServerMethod<TRequest, TResponse>? handler
        )
        {
            var target = Find(method.Name, typeof(TRequest), typeof(ServerCallContext));
            var invoker = target.CreateDelegate<Grpc.AspNetCore.Server.Model.UnaryServerMethod<TService, TRequest, TResponse>>();
            context.AddUnaryMethod(Strict(method), Metadata(target), invoker);
        }

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            ServerStreamingServerMethod<TRequest, TResponse>? handler
        )
        {
            var target = Find(method.Name, typeof(TRequest), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
            var invoker = target.CreateDelegate<Grpc.AspNetCore.Server.Model.ServerStreamingServerMethod<TService, TRequest, TResponse>>();
            context.AddServerStreamingMethod(Strict(method), Metadata(target), invoker);
        }

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            ClientStreamingServerMethod<TRequest, TResponse>? handler
        )
        {
            var target = Find(method.Name, typeof(IAsyncStreamReader<TRequest>), typeof(ServerCallContext));
            var invoker = target.CreateDelegate<Grpc.AspNetCore.Server.Model.ClientStreamingServerMethod<TService, TRequest, TResponse>>();
            context.AddClientStreamingMethod(Strict(method), Metadata(target), invoker);
        }

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method,
            DuplexStreamingServerMethod<TRequest, TResponse>? handler
        )
        {
            var target = Find(
                method.Name,
                typeof(IAsyncStreamReader<TRequest>),
                typeof(IServerStreamWriter<TResponse>),
                typeof(ServerCallContext)
            );
            var invoker = target.CreateDelegate<Grpc.AspNetCore.Server.Model.DuplexStreamingServerMethod<TService, TRequest, TResponse>>();
            context.AddDuplexStreamingMethod(Strict(method), Metadata(target), invoker);
        }

        private static MethodInfo Find(string name, params Type[] parameters) =>
            typeof(TService).GetMethod(name, parameters) ?? throw new MissingMethodException(typeof(TService).FullName, name);

        private static List<object> Metadata(MethodInfo target) =>
            [.. typeof(TService).GetCustomAttributes(inherit: true), .. target.GetCustomAttributes(inherit: true)];

        private static Method<TRequest, TResponse> Strict<TRequest, TResponse>(Method<TRequest, TResponse> method)
            where TRequest : class
            where TResponse : class
        {
            var descriptor = (Activator.CreateInstance<TRequest>() as IMessage)!.Descriptor;
            var parse = method.RequestMarshaller.ContextualDeserializer;
            var strict = Marshallers.Create<TRequest>(
                method.RequestMarshaller.ContextualSerializer,
                context =>
                {
                    try
                    {
                        var payload = context.PayloadAsReadOnlySequence();
                        WireCheck.Check(descriptor, payload.IsSingleSegment ? payload.FirstSpan : payload.ToArray());
                        return parse(context);
                    }
                    // The interceptors have not been entered yet.
                    catch (SignerException refused)
                    {
                        throw StatusMapper.Map(refused);
                    }
                }
            );
            return new Method<TRequest, TResponse>(method.Type, method.ServiceName, method.Name, strict, method.ResponseMarshaller);
        }
    }
}
