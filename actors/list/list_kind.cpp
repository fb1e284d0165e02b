#include "actors/list/list_kind.hpp"
