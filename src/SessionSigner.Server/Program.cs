using SessionSigner.Server;

return await CommandLine.InvokeAsync(args);
