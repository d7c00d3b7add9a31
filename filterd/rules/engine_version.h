/* rules/engine_version.h - raise it with every change of code that can change a verdict: it is part of every hash. */
#ifndef RULES_ENGINE_VERSION_H
#define RULES_ENGINE_VERSION_H

#define ENGINE_VERSION "filterd 1"

#endif
