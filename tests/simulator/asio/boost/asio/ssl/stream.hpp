#pragma once
#include "tests/simulator/asio/sim_asio.h"
