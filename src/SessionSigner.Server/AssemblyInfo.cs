using System.Runtime.Versioning;

// Locked memory, file modes and service notification are Linux's.
[assembly: SupportedOSPlatform("linux")]
